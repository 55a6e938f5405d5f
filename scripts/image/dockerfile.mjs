/** Faults of a Dockerfile: those that a linter knows, and what this image promises beyond. */
import { validate } from 'dockerfile-utils';

const LABELS = ['title', 'description', 'licenses', 'revision', 'created'];

/** @param text the Dockerfile. @returns {string[]} */
export function dockerfileFaults(text) {
  const linted = validate(text).map(({ range, message }) => `line ${range.start.line + 1}: ${message}`);
  const instructions = text.replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  const last = instructions.slice(instructions.lastIndexOf('\nFROM ') + 1);
  const first = instructions.slice(0, -last.length);
  const expected = {
    'builds on the current LTS': /^FROM node:24-\S+ AS build$/m.test(first),
    'has a base with a tag that is not latest': /^FROM \S+:(?!latest)\S+$/m.test(last),
    'runs as a numeric user that is not root': /^USER 65534:65534$/m.test(last),
    'takes all it adds from scripts/image/assemble.mjs':
      /&& node scripts\/image\/assemble\.mjs \/image$/m.test(first) &&
      last.match(/^(COPY|ADD|RUN) .*$/gm)?.join() === 'COPY --from=build /image/ /',
    'starts programs without a shell': ['ENTRYPOINT', 'CMD', 'HEALTHCHECK'].every((name) =>
      new RegExp(`^${name} .*\\[".*"\\]$`, 'm').test(last),
    ),
    'ends by SIGTERM': /^STOPSIGNAL SIGTERM$/m.test(last),
    'names both ports': /^EXPOSE 4444 4445$/m.test(last),
    ...Object.fromEntries(
      LABELS.map((name) => [`has the label ${name}`, last.includes(`org.opencontainers.image.${name}=`)]),
    ),
  };
  const broken = Object.keys(expected).filter((rule) => !expected[rule]);
  return [...linted, ...broken.map((rule) => `not true: the image ${rule}`)];
}
