/** A field that narrows what is shown; what stands beside the text (a count, a key) are children. */
import { Search } from 'lucide-react';
import type { KeyboardEventHandler, ReactNode, RefObject } from 'react';

interface SearchFieldProps {
  readonly label: string;
  /** Default: the label. */
  readonly placeholder?: string;
  readonly value: string;
  readonly change: (text: string) => void;
  readonly className?: string;
  readonly input?: RefObject<HTMLInputElement | null>;
  /** A key that leads here, for those who ask. */
  readonly shortcut?: string;
  readonly onKeyDown?: KeyboardEventHandler<HTMLInputElement>;
  readonly children?: ReactNode;
}

export function SearchField(props: SearchFieldProps) {
  const { label, placeholder = label, value, change, className = '', shortcut } = props;
  return (
    <label className={`field ${className}`.trim()}>
      <Search aria-hidden="true" />
      <input
        ref={props.input}
        type="search"
        aria-label={label}
        aria-keyshortcuts={shortcut}
        placeholder={placeholder}
        value={value}
        onChange={({ target }) => change(target.value)}
        onKeyDown={props.onKeyDown}
      />
      {props.children}
    </label>
  );
}
