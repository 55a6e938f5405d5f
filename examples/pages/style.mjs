/** The one stylesheet of both apps. It stands inline in each page; the Content-Security-Policy allows it by its hash. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f4f2ee; --card: #ffffff; --ink: #1c2230; --soft: #565e6c; --line: #d8d4cb;
  --accent: #2b4a8b; --on-accent: #ffffff; --focus: #b45309; --tint: #eef1f8;
  --bad: #9b1c1c; --bad-tint: #fdeeee; --good: #1c6b3c; --good-tint: #eaf6ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171e; --card: #1d222c; --ink: #e8e9ec; --soft: #a7aebb; --line: #363d4a;
    --accent: #9db7f2; --on-accent: #10182b; --focus: #f4b860; --tint: #232b3b;
    --bad: #f3a6a6; --bad-tint: #3a2022; --good: #93d7ac; --good-tint: #1b3024;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center;
  background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
header, main, footer { width: 100%; max-width: 27rem; padding: 0 1.25rem; }
.wide > header, .wide > main, .wide > footer { max-width: 46rem; }
header { padding-top: 2.5rem; padding-bottom: 1rem; font-weight: 600; letter-spacing: .01em; color: var(--soft); }
header span { display: inline-flex; align-items: center; gap: .6rem; }
header svg { color: var(--accent); }
main { flex: 1; }
footer { padding-top: 1.5rem; padding-bottom: 2rem; font-size: .875rem; color: var(--soft); }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.75rem; margin: 0 0 1.25rem;
}
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 0 0 .5rem; font-size: 1.125rem; line-height: 1.3; }
p { margin: 0 0 1rem; }
p:last-child { margin-bottom: 0; }
.soft { color: var(--soft); }
.small { font-size: .875rem; }
a { color: var(--accent); }
code { font: .92em ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
label { display: block; font-weight: 600; margin: 0 0 .3rem; }
input[type=email], input[type=password], input[type=text] {
  width: 100%; padding: .6rem .7rem; margin: 0 0 1rem; font: inherit; color: inherit;
  background: var(--ground); border: 1px solid var(--soft); border-radius: .45rem;
}
input[aria-invalid=true] { border-color: var(--bad); }
fieldset { border: 0; margin: 0 0 1.25rem; padding: 0; }
legend { font-weight: 600; padding: 0; margin: 0 0 .5rem; }
.check { display: flex; gap: .7rem; align-items: flex-start; margin: 0 0 1rem; font-weight: 400; }
.check input { flex: none; width: 1.15rem; height: 1.15rem; margin: .2rem 0 0; accent-color: var(--accent); }
fieldset .check { margin: 0; padding: .6rem 0; border-top: 1px solid var(--line); }
fieldset .check:last-child { border-bottom: 1px solid var(--line); }
.check small { display: block; font-size: .875rem; color: var(--soft); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 0; }
button, .button {
  display: inline-block; padding: .6rem 1.25rem; font: inherit; font-weight: 600; text-decoration: none; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: .45rem;
}
.quiet { color: var(--accent); background: transparent; }
button:hover, .button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.note { border-radius: .45rem; padding: .7rem .9rem; margin: .9rem 0 1.1rem; background: var(--tint); }
.note.bad { background: var(--bad-tint); color: var(--bad); }
.note.good { background: var(--good-tint); color: var(--good); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
caption { text-align: left; color: var(--soft); padding: 0 0 .4rem; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; }
td.what { color: var(--soft); font-size: .875rem; }
@media (max-width: 40rem) { td.what, th.what { display: none; } .card { padding: 1.25rem; } }
@media (prefers-reduced-motion: no-preference) { button, .button { transition: filter .12s; } }
`;
