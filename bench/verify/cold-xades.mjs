import { coldStart } from './cold.mjs';
import { xadesFull } from '../peers/xades.mjs';

coldStart(xadesFull);
