export { FAMILIES } from './family-stage.js';
