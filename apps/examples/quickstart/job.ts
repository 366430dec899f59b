/**
 * Word count, the smallest job with state: each word's count so far, printed as it grows.
 * Run it with `weir run apps/examples/quickstart/job.ts`.
 */
import { type Collector, StreamExecutionEnvironment, types } from '@weir/datastream';

const LINES = [
  'to be, or not to be: that is the question',
  'whether it is nobler in the mind to suffer',
  'or to take arms against a sea of troubles',
];

function splitIntoWords(line: string, out: Collector<string>): void {
  for (const word of line.match(/\w+/g) ?? []) out.collect(word);
}

const env = StreamExecutionEnvironment.getExecutionEnvironment();

env
  .fromCollection(LINES, types.string())
  .flatMap(splitIntoWords)
  .name('words')
  .map((word) => ({ word, count: 1 }))
  .returns(types.object({ word: types.string(), count: types.i64() }))
  .keyBy((entry) => entry.word, types.string())
  .reduce((left, right) => ({ word: left.word, count: left.count + right.count }))
  .name('count per word')
  .uid('counts')
  .print('words');

await env.execute('word count');
