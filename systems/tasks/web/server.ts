import { run } from './lifecycle.ts';
import { createWeb } from './web.ts';

await run('tasks web', createWeb(process.env));
