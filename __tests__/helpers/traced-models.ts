/** The traced copies of the model files, as the page is built with them. */
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { tracedModels } from '../../scripts/build-playground/trace-models.ts';
import type { ModelDefinition } from '../../src/model/index.ts';
import { models } from '../../models/index.ts';
import { root } from './checks.ts';
import { temporaryDirectory } from './temporary.ts';

/** Everything but the models is imported, so that it is what the test has. */
const importOthers: Plugin = {
  name: 'import-others',
  setup(build) {
    build.onResolve({ filter: /^\.|trace\.ts$/, namespace: 'traced' }, ({ path, importer }) => {
      const file = resolve(dirname(importer), path);
      return dirname(file) === resolve(root, 'models') ? undefined : { path: file, external: true };
    });
  },
};

interface Traced {
  models: Record<string, ModelDefinition>;
  loadModel: (name: string) => Promise<void>;
}

/** All of them, loaded. */
export async function importTracedModels(): Promise<Traced> {
  const { outputFiles } = await build({
    stdin: { contents: "export { loadModel, models } from 'traced:models';", resolveDir: root },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    plugins: [importOthers, tracedModels(root)],
  });
  const file = join(temporaryDirectory(), 'models.mjs');
  await writeFile(file, outputFiles[0].text);
  const traced = (await import(pathToFileURL(file).href)) as Traced;
  for (const name of Object.keys(models)) await traced.loadModel(name);
  return traced;
}
