/** A line of code in quiet colours: comment, keyword, string and number, nothing else. */
import '../styles/code.css';
import { codeTokens } from '../model/changes/code-tokens.ts';

export function CodeLine({ text, file }: { text: string; file: string }) {
  return codeTokens(text, file).map(({ kind, text: part }, at) =>
    kind === 'plain' ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line do not move
      <span key={at} className={`code-${kind}`}>
        {part}
      </span>
    ),
  );
}
