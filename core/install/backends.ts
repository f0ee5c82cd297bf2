/** Everything that can install a Pi, the preferred one first. To add one: a file, a line. */
import type { Backend } from './backend.ts';
import { netinst } from './backends/netinst.ts';

export const BACKENDS: readonly Backend[] = [netinst];
