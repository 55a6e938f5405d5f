/** The style sheet of every built-in page: readable in light and dark, at any width, without any request. */
export const STYLE_SHEET = `
:root { color-scheme: light dark; font: 100%/1.6 system-ui, sans-serif; }
body { margin: 0; display: grid; min-height: 100vh; place-items: center; background: Canvas; color: CanvasText; }
main { box-sizing: border-box; width: min(100%, 40rem); padding: 2rem 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; text-wrap: balance; }
p, dl, pre { margin: 0 0 1rem; overflow-wrap: anywhere; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .95em; }
pre { padding: .75rem 1rem; border: 1px solid GrayText; border-radius: .5rem; overflow-x: auto; }
label { display: block; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: .6rem .75rem; font: inherit; border: 1px solid GrayText; border-radius: .5rem; }
input[type='checkbox'] { width: auto; }
button { padding: .6rem 1.25rem; font: inherit; font-weight: 600; border: 0; border-radius: .5rem; color: #fff; background: #2f5bd7; cursor: pointer; }
button.quiet { color: inherit; background: none; border: 1px solid GrayText; }
:focus-visible { outline: 3px solid #2f5bd7; outline-offset: 2px; }
form > * + * { margin-top: 1rem; }
iframe.hidden { display: none; }
.hint { color: GrayText; }
`;
