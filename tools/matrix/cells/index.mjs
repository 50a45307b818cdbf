// Every row of the matrix.
import { bundlers } from './bundlers.mjs';
import { frameworks } from './frameworks.mjs';
import { runtimes } from './runtimes.mjs';
import { testers } from './testers.mjs';
import { types } from './types.mjs';

export const cells = [...bundlers, ...frameworks, ...runtimes, ...testers, ...types];
