/** Before each file of integration tests: what is drawn at random is the same in every `npm test`. */
import { configureGlobal } from 'fast-check';
import { drawn } from '../property-runs.ts';

configureGlobal(drawn);
