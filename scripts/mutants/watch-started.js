import { join } from 'node:path';

// Node.js reads this when it starts: too late for this process, in time for those that it starts.
process.env.NODE_V8_COVERAGE = join(process.cwd(), '.coverage-started');
