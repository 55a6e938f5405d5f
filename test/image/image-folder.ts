/** The folder of the image that scripts/image/check.mjs laid out; undefined, and a line that says so, without it. */
export const IMAGE = process.env['IMAGE_FOLDER'];

if (IMAGE === undefined)
  process.stdout.write('No image is laid out: its tests are skipped. npm run image:check does it.\n');
