// TensorFlow's library reads these from the real environment, which a test's own process.env does not reach.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
process.env.TF_ENABLE_ONEDNN_OPTS ??= '0';
process.env.TF_NUM_INTRAOP_THREADS ??= '1';

export default {
  testEnvironment: '<rootDir>/__tests__/helpers/environment.js',
  // Generous, for slow and busy machines; no test waits for time to pass.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  // `npm run test:long` runs those that start programs by the dozen.
  testPathIgnorePatterns: ['/node_modules/', '\\.long\\.test\\.ts$'],
  maxWorkers: '100%',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  setupFiles: ['<rootDir>/__tests__/helpers/quiet-tensorflow.js'],
  // Examples import the package by its name.
  moduleNameMapper: { '^backprop-zoo$': '<rootDir>/src/index.ts' },
  // Beside what was run, what was not.
  reporters: ['default', '<rootDir>/__tests__/helpers/skipped.js'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/runs/'],
};
