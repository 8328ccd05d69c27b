/**
 * A sweep's report: one HTML file that needs nothing else.
 */
import { commandFor, countsOf, sourcesOf, valueText, type Spread, type SweepResults } from './results.ts';

export interface ReportPictures {
  /** SVG */
  accuracy: string;
  curves: string;
}

export function sweepReport(results: SweepResults, { accuracy, curves }: ReportPictures): string {
  const { definition, groups, judgedBy } = results;
  const { cells, complete, diverged, failed, missing } = countsOf(results);
  const [best] = groups;
  const title = `Sweep: ${definition.title ?? definition.model}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>
body { font: 15px/1.5 "DejaVu Sans", Verdana, sans-serif; color: #111; background: #fff; max-width: 1100px; margin: 2em auto; padding: 0 1em }
svg { max-width: 100%; height: auto }
svg text { font-family: "DejaVu Sans", Verdana, sans-serif }
table { border-collapse: collapse; margin: 1em 0 }
th, td { padding: .25em .8em; border-bottom: 1px solid #ddd; text-align: left }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
code { background: #f3f3f3; padding: .1em .3em; overflow-wrap: anywhere }
</style>
</head>
<body>
<h1>${escape(title)}</h1>
<p>${cells} cells of the model <b>${escape(definition.model)}</b>: ${complete} complete, ${diverged} diverged, ${failed} failed, ${missing} missing.
Data: ${escape(sourcesOf(results).join(', ') || 'none')}. Judged by ${judgedBy} rows.</p>
${best?.accuracy ? `<p>Best: <b>${escape(best.name)}</b>, ${percent(best.accuracy)}. To train it again:<br><code>${escape(commandFor(results, best))}</code></p>` : ''}
<h2>Accuracy</h2>
${accuracy}
<h2>Loss by epoch</h2>
${curves}
<h2>Groups, from best to worst</h2>
${groupsTable(results)}
${failuresTable(results)}
<h2>Definition</h2>
<pre>${escape(JSON.stringify(definition, null, 2))}</pre>
</body>
</html>
`;
}

function groupsTable({ groups, columns, judgedBy }: SweepResults): string {
  const names = columns.filter((name) => name !== 'seed');
  const rows = groups.map(
    ({ varied, cells, accuracy, loss }) =>
      `<tr>${names.map((name) => `<td>${escape(valueText(varied[name]))}</td>`).join('')}` +
      `<td class="number">${cells.filter(({ result }) => result?.status === 'complete').length} of ${cells.length}</td>` +
      `<td class="number">${accuracy ? percent(accuracy) : '–'}</td>` +
      `<td class="number">${loss ? withDeviation(loss, 1, 4) : '–'}</td></tr>`,
  );
  return `<table>
<tr>${names.map((name) => `<th>${escape(name)}</th>`).join('')}<th class="number">runs</th><th class="number">${judgedBy} accuracy</th><th class="number">${judgedBy} loss</th></tr>
${rows.join('\n')}
</table>`;
}

function failuresTable({ cells, columns }: SweepResults): string {
  const failures = cells.filter(({ result }) => result && result.status !== 'complete');
  if (failures.length === 0) return '';
  const rows = failures.map(({ cell, result }) => {
    const settings = columns.map((name) => `${name} ${valueText(cell.varied[name])}`).join(', ');
    return `<tr><td>${escape(settings)}</td><td>${result!.status}</td><td>${escape(result!.message ?? '')}</td></tr>`;
  });
  return `<h2>What did not complete</h2>
<table><tr><th>cell</th><th>status</th><th>why</th></tr>
${rows.join('\n')}
</table>`;
}

const percent = (spread: Spread): string => `${withDeviation(spread, 100, 2)} %`;

export const withDeviation = ({ mean, deviation }: Spread, factor: number, digits: number): string =>
  (mean * factor).toFixed(digits) + (deviation > 0 ? ` ± ${(deviation * factor).toFixed(digits)}` : '');

const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
