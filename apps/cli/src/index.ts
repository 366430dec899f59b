export { execute, main } from './main.ts';
