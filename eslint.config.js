import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The modules from bottom to top: each imports only from those before it. `models` and `datasets` are folders of their own. */
export const modules = [
  ...['utils', 'model', 'models', 'data', 'evaluation', 'backend', 'training', 'weights', 'estimator'],
  ...['gradcheck', 'node', 'datasets', 'reports', 'runs', 'reproduce', 'cli', 'playground'],
];

/** @param {string} name */
const folderOf = (name) => (name === 'models' || name === 'datasets' ? `./${name}` : `./src/${name}`);

const code = ['src', 'models', 'datasets'];

const zones = [
  ...modules.slice(0, -1).map((name, i) => ({
    target: folderOf(name),
    from: modules.slice(i + 1).map(folderOf),
    message: `${folderOf(name)} imports only from modules before it: see the list in eslint.config.js.`,
  })),
  {
    target: './models',
    from: './src',
    except: ['./model/index.ts'],
    message: 'Models import src/model/index.ts only.',
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
