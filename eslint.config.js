import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Who may import whom: each room of the house, and the rooms below it that it may take from. */
export const rooms = {
  'src/core': [],
  models: ['src/core'],
  'src/backend': ['src/core'],
  'src/check': ['src/core', 'src/backend', 'models'],
  'src/saved': ['src/core', 'src/backend', 'models'],
  'src/node': ['src/core', 'src/backend'],
  datasets: ['src/core', 'src/node'],
  'src/pictures': ['src/core', 'src/saved', 'src/node'],
  'src/runs': [
    ...['src/core', 'src/backend', 'src/check', 'src/saved', 'src/node', 'src/pictures'],
    ...['models', 'datasets'],
  ],
  'src/studies': [
    ...['src/core', 'src/backend', 'src/check', 'src/saved', 'src/node', 'src/pictures'],
    ...['models', 'datasets'],
  ],
  'src/cli': [
    ...['src/core', 'src/backend', 'src/check', 'src/saved', 'src/node', 'src/pictures'],
    ...['src/runs', 'src/studies', 'models', 'datasets'],
  ],
  'src/playground': ['src/core', 'src/backend', 'src/check', 'src/saved', 'models', 'datasets'],
};

const code = ['src', 'models', 'datasets'];

/** What each room may not take from; the models come by what they need of the core through one file. */
const zones = [
  ...Object.entries(rooms)
    .map(([room, below]) => ({
      target: `./${room}`,
      from: Object.keys(rooms)
        .filter((other) => other !== room && !below.includes(other))
        .map((other) => `./${other}`),
      message: `${room} may import from ${below.join(', ') || 'no other room'} only: see the table in eslint.config.js.`,
    }))
    .filter(({ from }) => from.length > 0),
  {
    target: './models',
    from: './src/core',
    except: ['./index.ts'],
    message: 'Models import src/core/index.ts.',
  },
  ...code.map((folder) => ({
    target: `./${folder}`,
    from: './benchmarks',
    message: 'Benchmarks are not part of the package.',
  })),
];

export default tseslint.config(
  // assembly/ is AssemblyScript: its own compiler checks it.
  { ignores: ['dist/', 'runs/', 'coverage/', 'assembly/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A promise that leaves a `try` unawaited fails past its `catch`, and unheard while its `finally` waits.
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
    },
  },
  {
    files: code.flatMap((folder) => [`${folder}/**/*.ts`, `${folder}/**/*.tsx`]),
    plugins: { 'import-x': importX },
    settings: {
      ...importX.flatConfigs.typescript.settings,
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js'] })],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
    },
  },
  {
    files: ['assets/**/*.js'],
    languageOptions: {
      globals: {
        ...{ addEventListener: 'readonly', document: 'readonly', getComputedStyle: 'readonly' },
        ...{ matchMedia: 'readonly', ResizeObserver: 'readonly', uPlot: 'readonly' },
      },
    },
  },
  {
    files: ['src/playground/*.js'],
    languageOptions: {
      globals: {
        ...{ addEventListener: 'readonly', caches: 'readonly', fetch: 'readonly', location: 'readonly' },
        ...{ Response: 'readonly', self: 'readonly' },
      },
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
