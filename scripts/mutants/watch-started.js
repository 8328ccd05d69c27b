import { fileURLToPath } from 'node:url';

// Node.js reads this when it starts: too late for this process, in time for those that it starts.
process.env.NODE_V8_COVERAGE = fileURLToPath(new URL('../../.coverage-started', import.meta.url));
