// `npm start`: sets up, builds what changed, and runs the flights job with the console.
import { run, setup } from './setup.mjs';

const node = setup();
process.exit(await run(node, ['--enable-source-maps', 'tools/start.ts', ...process.argv.slice(2)]));
