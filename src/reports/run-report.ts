/**
 * report.html: one run, in one file that needs nothing else.
 */
import { relative } from 'node:path';
import { headlineOf, type Metrics } from '../evaluation/metrics.ts';
import { isRegression } from '../evaluation/regression.ts';
import { isTokenMetrics } from '../evaluation/tokens.ts';
import { definitionTable, figure, html, type Html, page, png, short } from './html.ts';
import { classTable, confusionTable, regressionSections, scoresTable, splitNames } from './scores.ts';
import {
  detailsOf,
  gradientNorms,
  gradientSection,
  learningSection,
  mistakesSection,
  probabilitySection,
} from './sections.ts';
import { tokenSections } from './token-sections.ts';
import { called, counted, optionName, shellWord } from '../utils/text.ts';
import type { EpochRecord } from '../training/types.ts';
import { argumentsFor, type RunReport, titleOf } from '../weights/run-record.ts';
import { isOfZoo } from '../weights/saved-model.ts';

/** @param pictures PNGs of the run, by name. The backend of the run must be in use. */
export async function runReport(report: RunReport, pictures: Record<string, Uint8Array>): Promise<string> {
  const { request, dataset, metrics } = report;
  const { definition } = request;
  const name = titleOf(definition.name, request.options);
  const command = repeatCommand(report);
  return page(
    `${name}: ${definition.title}`,
    html`<h1>${name}</h1>
      <p class="faint">${definition.title}</p>
      ${notices(report)} ${keyFigures(report)}
      <h2>Learning curves</h2>
      ${learningSection(report)}
      <h2>Scores</h2>
      ${scoresTable(metrics, rowsOfSplits(report), report.model.task === 'binary' ? called(dataset.classNames[1]) : undefined)}
      ${
        dataset.test === dataset.train &&
        html`<p>Nothing is held back: the test rows are the training rows.</p>`
      }
      ${isTokenMetrics(metrics.test) ? tokenSections(report) : isRegression(metrics.test) ? regressionSections(report) : await classSections(report)}
      ${
        pictures['decision-boundary'] &&
        html`<h2>Decision boundary</h2>
          ${png(pictures['decision-boundary'], 'probabilities over the plane', 'picture narrow')}`
      }
      ${
        pictures.weights &&
        html`<h2>Learned weights</h2>
          <p>Blue: a bright pixel speaks against; orange: it speaks for.</p>
          ${png(pictures.weights, 'the first layer’s weights as pictures', 'picture')}`
      }
      ${
        pictures['feature-maps'] &&
        html`<h2>Feature maps</h2>
          <p>
            One test picture, and where each filter of each layer answers it: the stronger the orange, the
            more.
          </p>
          ${png(pictures['feature-maps'], 'the first test picture and the maps that each layer makes of it', 'picture')}`
      }
      <h2>Gradients</h2>
      ${gradientSection(gradientNorms(report))}
      <h2>Data and settings</h2>
      ${settings(report)}
      <h2>Repeat</h2>
      ${
        command
          ? html`<pre>${command}</pre>`
          : html`<p>
              A program gave the model or its data: run it again. On a command line,
              <code>zoo train</code> takes the file of a model and <code>--data-file</code>.
            </p>`
      }
      ${
        command &&
        report.status === 'complete' &&
        html`<p>This trains again and compares every number:</p>
          <pre>zoo verify ${relative('', report.out) || '.'}</pre>`
      }`,
  );
}

/** Rows that each score is of. */
function rowsOfSplits({ dataset: { test }, result }: RunReport): Record<keyof typeof splitNames, number> {
  return { train: result.trainRows, validation: result.validationRows, test: test.rows };
}

async function classSections(report: RunReport): Promise<Html> {
  const { dataset, metrics } = report;
  const details = await detailsOf(report);
  return html`<h2>Classes of the test set</h2>
    <div class="side-by-side">
      ${confusionTable(metrics.test, dataset.classNames)} ${classTable(metrics.test, dataset.classNames)}
    </div>
    <h2>Probabilities on the test set</h2>
    ${probabilitySection(report, details)}
    <h2>Most confident mistakes</h2>
    ${mistakesSection(report, details)}`;
}

function notices({ status, dataset, result }: RunReport): Html {
  const { epoch = 0, step }: Partial<EpochRecord> = result.history.at(-1) ?? {};
  return html`${
    status === 'interrupted' &&
    html`<p class="notice">
      Training was interrupted after ${counted(result.steps, 'step')}; it can be resumed.
    </p>`
  }
  ${
    status === 'diverged' &&
    html`<p class="notice">
      Training diverged. Shown are the last good weights, those of
      ${step === undefined ? `epoch ${epoch}` : `step ${step}`}.
    </p>`
  }
  ${dataset.standIn && html`<p class="notice">${dataset.standIn}</p>`}`;
}

function keyFigures({ dataset, metrics: { test, validation, train }, result, status }: RunReport): Html {
  const box = (name: string, value: Html) => html`<div>${value}<span>${name}</span></div>`;
  const headline = (split: keyof typeof splitNames, metrics: Metrics) => {
    const { key, name, value, text } = headlineOf(metrics);
    return box(`${splitNames[split]} ${name}`, figure(`metrics.${split}.${key}`, value, text));
  };
  return html`<div class="key-figures">
    ${headline('test', test)}
    ${
      isTokenMetrics(test)
        ? box('test perplexity', figure('metrics.test.perplexity', test.perplexity, short(test.perplexity)))
        : box('test loss', figure('metrics.test.loss', test.loss, short(test.loss)))
    }
    ${validation && headline('validation', validation)} ${headline('train', train)}
    ${test.rocAuc !== undefined && box(`area under ROC of ${called(dataset.classNames[1])}`, figure('metrics.test.rocAuc', test.rocAuc, short(test.rocAuc)))}
    ${!isTokenMetrics(test) && box('epochs', figure('epochs', result.epochs, String(result.epochs)))}
    ${status !== 'diverged' && box('steps', figure('steps', result.steps, String(result.steps)))}
    ${box('seconds of training', figure('seconds', result.seconds, result.seconds.toFixed(1)))}
  </div>`;
}

function settings({ request, identity, dataset, result }: RunReport): Html {
  const { environment, recipe, options } = identity;
  const text = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value));
  const rows = (['train', 'validation', 'test'] as const).flatMap((name) =>
    dataset[name] ? [`${dataset[name].rows} ${name}`] : [],
  );
  return html`<div class="side-by-side">
    ${definitionTable([
      ['model', request.definition.name],
      ['document', request.definition.document],
      ...Object.entries(options).map(([name, value]): [string, string] => [name, text(value)]),
      ['as printed', identity.asPrinted],
      ['gradients', identity.gradients],
      ...Object.entries(recipe)
        .filter(([name]) => name !== (recipe.steps > 0 ? 'epochs' : 'steps'))
        .map(([name, value]): [string, string] => [name, text(value)]),
      ['record every', counted(identity.recordEvery, recipe.steps > 0 ? 'step' : 'epoch')],
      ['best epoch, restored', result.restoredEpoch],
    ])}
    ${definitionTable([
      ['dataset', dataset.name],
      ['source', dataset.source],
      ['rows', rows.join(', ')],
      ['inputs per row', dataset.train.features],
      ...dataset.files
        .slice(0, 8)
        .map(({ name, bytes, sha256 }): [string, string] => [
          name,
          `${bytes} bytes, SHA-256 ${sha256.slice(0, 16)}…`,
        ]),
      ['data (SHA-256)', `${identity.dataset.fingerprint.slice(0, 32)}…`],
      ['backend', identity.backend],
      ['backprop-zoo', environment.zoo],
      ['Node', environment.node],
      ['TensorFlow.js', environment.tfjs],
      ['platform', environment.platform],
    ])}
  </div>`;
}

/**
 * `zoo train mnist --epochs 3 --backend wasm …`: what is not by default, and what a default may decide elsewhere.
 *
 * @returns nothing for a model or data that only a program has
 */
export function repeatCommand({ request, dataset }: RunReport): string | undefined {
  const isFromProgram = dataset.source === 'dir' && !dataset.own && dataset.files.length === 0;
  if (isFromProgram || (!request.definition.file && !isOfZoo(request.definition))) return undefined;
  const { definition, options, recipe, asPrinted, gradients, backend, recordEvery, data, start } = request;
  const settings = Object.entries({ ...recipe }).filter(
    ([name, value]) => value !== definition.recipe[name as keyof typeof recipe] && name !== 'seed',
  );
  const ofModel = Object.entries(options).filter(
    ([name, value]) => String(value) !== String(definition.options[name]?.default),
  );
  const words = [
    ...['zoo', 'train', definition.file?.path ?? definition.name],
    ...[...ofModel, ...settings].flatMap(([name, value]) => [optionName(name), String(value)]),
    ...(asPrinted ? ['--as-printed'] : []),
    ...(start ? ['--start-from', start.file] : []),
    ...['--gradients', gradients, '--backend', backend],
    ...['--seed', String(recipe.seed), '--record-every', String(recordEvery)],
    ...(dataset.own ? argumentsFor(dataset.own) : []),
    ...(dataset.source === 'dir' && !dataset.own && data.dataDir
      ? ['--data', 'dir', '--data-dir', data.dataDir]
      : []),
    ...(dataset.standIn ? ['--data', 'built-in'] : []),
  ];
  return words.map(shellWord).join(' ');
}
