export {
  type PgliteAddress,
  type PgliteOptions,
  type PgliteServer,
  startPglite,
} from './pglite.ts';
export { sharedPglite } from './shared-pglite.ts';
