import { describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { download } from '../../../datasets/acquire/download.ts';
import { silent } from '../../../src/utils/progress.ts';
import { answers, good, serve, type Behaviour } from './server.ts';
import { content, expectFailure, expectWhole, file, limits, scratch } from './scratch.ts';

const place = scratch();
/** Of the right length, so that only its content can give it away; it would unpack to 100 MB. */
const gzipBomb = gzipSync(Buffer.alloc(105_000_000)).subarray(0, content.length);

describe('refused', () => {
  test.each<[string, Behaviour, string]>([
    ['HTTP 403', answers(403), 'answers HTTP 403'],
    ['HTTP 404', answers(404), 'answers HTTP 404'],
    ['HTTP 204', answers(204), 'answers HTTP 204'],
    ['an unasked part', answers(206, { 'content-range': 'bytes 0-9/10' }), 'answers HTTP 206'],
    ['a long wait', answers(429, { 'retry-after': '3600' }), 'answers HTTP 429'],
    ['a date far away', answers(503, { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }), 'answers HTTP 503'],
    [
      'file:',
      answers(302, { location: 'file:///etc/passwd' }),
      'redirects to a file: address, which is refused',
    ],
    [
      'ftp:',
      answers(301, { location: 'ftp://127.0.0.1/a' }),
      'redirects to a ftp: address, which is refused',
    ],
    ['data:', answers(307, { location: 'data:,abc' }), 'redirects to a data: address, which is refused'],
    ['nowhere', answers(308, { location: 'http://' }), 'redirects without a usable address'],
    ['a circle', answers(303, { location: '/numbers.bin' }), 'redirects more than 5 times'],
    ['a wrong length', answers(200, { 'content-length': '12' }), 'announces 12 bytes, expected 100000'],
    [
      'wrong bytes',
      good(content.map((byte) => 255 - byte)),
      'sends other bytes than were published (wrong SHA-256)',
    ],
    [
      'an endless body',
      (_, response) => {
        const more = () => void response.write(content, (error) => error ?? setImmediate(more));
        more();
      },
      'sends more than the file has',
    ],
    [
      'a gzip bomb, which is never unpacked',
      answers(200, { 'content-encoding': 'gzip', 'transfer-encoding': 'chunked' }, gzipBomb),
      'sends other bytes than were published (wrong SHA-256)',
    ],
  ])('%s, at once and without retry; the next mirror is taken', async (_, behave, complaint) => {
    await using server = await serve(behave);
    await expectFailure(place, server.mirror, complaint);
    expect(new Set(server.visits)).toEqual(new Set(['/numbers.bin']));
    if (!complaint.includes('5 times')) expect(server.visits).toHaveLength(1);

    await using next = await serve(good(content));
    const notes: string[] = [];
    await download(
      file,
      [server.mirror, next.mirror],
      place.path,
      { ...silent, note: (note) => notes.push(note) },
      limits,
    );
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(complaint);
    // Of what the first has sent nothing is kept.
    expect(next.visits).toEqual(['/numbers.bin']);
    expectWhole(place);
  });

  test('a redirect to https is followed, and fails only because nothing secure listens there', async () => {
    await using plain = await serve(good(content));
    await using server = await serve(answers(302, { location: plain.mirror.replace('http:', 'https:') }));
    await expectFailure(place, server.mirror, 'fails (');
    expect(plain.visits).toEqual([]);
  });

  test('silence, after a while', async () => {
    await using server = await serve(() => {});
    await using next = await serve(good(content));
    const impatient = { ...limits, answer: 1000 };
    const notes: string[] = [];
    const progress = { ...silent, note: (note: string) => notes.push(note) };
    await download(file, [server.mirror, next.mirror], place.path, progress, impatient);
    expect(notes).toEqual([
      `${new URL(server.mirror).host}: does not answer within 1 s; trying ${new URL(next.mirror).host}`,
    ]);
    expect(server.visits).toHaveLength(1);
    expectWhole(place);
  });
});
