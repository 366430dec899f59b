// `node tools/run.mjs script.ts …`: sets up, then runs a script of ours on a Node that can.
import { run, setup } from './setup.mjs';

const node = setup();
process.exit(await run(node, ['--enable-source-maps', ...process.argv.slice(2)]));
