// `npm test`: sets up, builds what changed, and runs every check and test.
import { run, setup } from './setup.mjs';

const node = setup();
process.exit(await run(node, ['--enable-source-maps', 'tools/test.ts', ...process.argv.slice(2)]));
