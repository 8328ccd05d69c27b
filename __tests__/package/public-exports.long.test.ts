/**
 * The public exports of the package, as committed in public-exports.json. After an intended change run
 * `UPDATE_EXPORTS=1 npm test -- public-exports --testPathIgnorePatterns=/node_modules/` and add the change to CHANGELOG.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { root } from '../helpers/checks.ts';

const list = fileURLToPath(new URL('public-exports.json', import.meta.url));
const entries = {
  '.': 'src/index.ts',
  './browser': 'src/browser.ts',
  './wasm': 'src/wasm.ts',
  './models': 'models/index.ts',
  './datasets': 'datasets/index.ts',
};

test('the package exports the names in public-exports.json and no others', () => {
  const config = ts.readConfigFile(`${root}/tsconfig.json`, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root);
  const program = ts.createProgram(
    Object.values(entries).map((file) => `${root}/${file}`),
    options,
  );
  const checker = program.getTypeChecker();
  const found = Object.fromEntries(
    Object.entries(entries).map(([entry, file]) => {
      const source = program.getSourceFile(`${root}/${file}`)!;
      const names = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).map((symbol) => {
        const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
        return `${symbol.name}${target.flags & ts.SymbolFlags.Value ? '' : ' (type)'}`;
      });
      return [entry, names.sort()];
    }),
  );
  if (process.env.UPDATE_EXPORTS) writeFileSync(list, `${JSON.stringify(found, undefined, 2)}\n`);
  expect(found).toEqual(JSON.parse(readFileSync(list, 'utf8')));
});
