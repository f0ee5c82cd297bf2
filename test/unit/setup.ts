/** Before each file of unit tests: properties that name no number of cases take this one. */
import { configureGlobal } from 'fast-check';
import { runs } from '../property-runs.ts';

configureGlobal(runs(100));
