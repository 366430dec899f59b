/** Where a savepoint goes and in which format; the same in two dialogs. */
export type SavepointFormat = 'CANONICAL' | 'NATIVE';

export interface SavepointFormProps {
  readonly directory: string;
  readonly setDirectory: (directory: string) => void;
  readonly format: SavepointFormat;
  readonly setFormat: (format: SavepointFormat) => void;
}

const FORMATS = [
  { value: 'CANONICAL', label: 'Canonical', note: 'for any backend' },
  { value: 'NATIVE', label: 'Native', note: 'faster, for this backend' },
] as const;

export function SavepointForm(props: SavepointFormProps) {
  const { directory, setDirectory, format, setFormat } = props;
  return (
    <>
      <label className="form-row">
        <span>Write to</span>
        <span className="field">
          <input
            value={directory}
            placeholder="the server's savepoint directory"
            onChange={(event) => setDirectory(event.target.value)}
          />
        </span>
      </label>
      <div className="form-row">
        <span>Format</span>
        <span>
          <span className="segments" role="radiogroup" aria-label="Format">
            {FORMATS.map(({ value, label }) => (
              // biome-ignore lint/a11y/useSemanticElements: a segmented control, not a form field
              <button
                key={value}
                type="button"
                role="radio"
                aria-checked={format === value}
                onClick={() => setFormat(value)}
              >
                {label}
              </button>
            ))}
          </span>
          <span className="micro">{FORMATS.find(({ value }) => value === format)?.note}</span>
        </span>
      </div>
    </>
  );
}
