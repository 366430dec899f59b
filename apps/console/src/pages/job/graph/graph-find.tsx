/** Finds operators by name: what does not match is dimmed; Enter or a click goes to one. */
import type { JobTopology } from '@weir/console-protocol';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { Grouping } from '../../../model/graph/graph-groups.ts';
import { vertexTitle } from '../../../model/graph/vertex-title.ts';
import { SearchField } from '../../../components/search-field.tsx';

export interface GraphFindProps {
  readonly topology: JobTopology;
  readonly grouping: Grouping | null;
  readonly found: string;
  readonly find: (text: string) => void;
  readonly goTo: (vertexId: string) => void;
}

const SHOWN_MAX = 8;

export function GraphFind({ topology, grouping, found, find, goTo }: GraphFindProps) {
  const input = useSlash();
  const wanted = found.trim().toLowerCase();
  const matches =
    wanted === ''
      ? []
      : topology.vertices.filter(({ name }) => name.toLowerCase().includes(wanted));
  const choose = (vertexId: string) => {
    goTo(vertexId);
    find('');
  };
  const press = (event: KeyboardEvent) => {
    const [first] = matches;
    if (event.key === 'Enter' && first !== undefined) choose(first.id);
    else if (event.key === 'Escape' && found !== '') find('');
    else return;
    event.preventDefault();
  };
  return (
    <div className="graph-find">
      <SearchField
        className="sm"
        label="Find operator"
        placeholder={grouping === null ? 'Find operator' : `Find in ${topology.vertices.length}`}
        value={found}
        change={find}
        input={input}
        onKeyDown={press}
      >
        <kbd className="kbd">/</kbd>
      </SearchField>
      {grouping !== null && wanted !== '' && (
        <ul className="found" aria-label="Operators found">
          {matches.slice(0, SHOWN_MAX).map((vertex) => (
            <li key={vertex.id}>
              <button type="button" onClick={() => choose(vertex.id)}>
                <b>{vertexTitle(vertex)}</b>
                <span>{grouping.groupOf.get(vertex.id)}</span>
              </button>
            </li>
          ))}
          {matches.length > SHOWN_MAX && <li>and {matches.length - SHOWN_MAX} more</li>}
          {matches.length === 0 && <li>No operator has this in its name.</li>}
        </ul>
      )}
    </div>
  );
}

/** `/` brings the focus here. */
function useSlash() {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const press = (event: globalThis.KeyboardEvent) => {
      if (event.key !== '/' || event.defaultPrevented || isTyping(event.target)) return;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
  return input;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest('input, textarea, select, dialog') !== null;
}
