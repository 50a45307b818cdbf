// Every row of the matrix.
import { bundlers } from './bundlers.mjs';
import { frameworks } from './frameworks.mjs';
import { runtimes } from './runtimes.mjs';
import { starters } from './starters.mjs';
import { testers } from './testers.mjs';
import { types } from './types.mjs';
import { workers } from './workers.mjs';

export const cells = [...bundlers, ...frameworks, ...starters, ...workers, ...runtimes, ...testers, ...types];
