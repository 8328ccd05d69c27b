/**
 * The one place that imports zod: its small build, of which a browser's bundle takes only what is used, speaking English.
 */
import { config } from 'zod/mini';
import en from 'zod/v4/locales/en.js';

config(en());

export * from 'zod/mini';
