import { coldStart } from './cold.mjs';
import { libxml2Full } from '../peers/libxml2.mjs';

coldStart(libxml2Full);
