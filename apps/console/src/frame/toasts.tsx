/** Toasts at the bottom right, newest below. */
import { Check, LoaderCircle, TriangleAlert, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { CopyButton } from '../components/copy-button.tsx';
import { closeToast, currentToasts, subscribeToasts, type Toast } from './toast-list.ts';

export function Toasts() {
  const toasts = useSyncExternalStore(subscribeToasts, currentToasts);
  return (
    <section className="toasts" aria-label="Progress and results" aria-live="polite">
      {toasts.map((toast) => (
        <ToastItem key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

const ICONS = {
  progress: <LoaderCircle className="spin tone-accent" aria-hidden="true" />,
  done: <Check className="tone-ok" aria-hidden="true" />,
  failed: <TriangleAlert className="tone-fail" aria-hidden="true" />,
};

const STAGE_MARKS = {
  done: <Check className="tone-ok" aria-label="done" />,
  now: <LoaderCircle className="spin tone-accent" aria-label="under way" />,
  next: <i aria-hidden="true" />,
  failed: <TriangleAlert className="tone-fail" aria-label="failed" />,
};

function Stages({ stages }: Pick<Toast, 'stages'>) {
  return (
    <ol className="toast-stages">
      {stages.map(({ text, state }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: stages keep their place while words change
        <li key={at} data-state={state}>
          {STAGE_MARKS[state]}
          {text}
        </li>
      ))}
    </ol>
  );
}

function ToastItem({ toast }: { toast: Toast }) {
  const { id, tone, title, text, progress, path, stages, steps } = toast;
  return (
    <article className="toast" aria-label={title}>
      {ICONS[tone]}
      <div>
        <h3>{title}</h3>
        {stages.length > 0 && <Stages stages={stages} />}
        {text !== '' && <p>{text}</p>}
        {progress !== null && tone === 'progress' && (
          <progress value={progress} max={1} aria-label={title} />
        )}
        {path !== null && (
          <span className="path">
            <code>{path}</code>
            <CopyButton text={path} label="Copy the path" />
          </span>
        )}
        {steps.length > 0 && (
          <div className="toast-steps">
            {steps.map(({ label, run }) => (
              <button
                key={label}
                type="button"
                className="btn sm"
                onClick={() => {
                  closeToast(id);
                  run();
                }}
              >
                {label}
              </button>
            ))}
          </div>
        )}
      </div>
      <button
        type="button"
        className="btn quiet icon sm"
        aria-label={`Close: ${title}`}
        onClick={() => closeToast(id)}
      >
        <X aria-hidden="true" />
      </button>
    </article>
  );
}
