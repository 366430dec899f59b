/**
 * A modal dialog on the native element: focus is kept inside, Esc closes, focus goes back.
 * Its title is the question, its footer ends with the action.
 */
import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';

export interface DialogProps {
  readonly title: string;
  readonly close: () => void;
  readonly children: ReactNode;
  readonly footer: ReactNode;
  readonly submit: () => void;
}

export function Dialog({ title, close, children, footer, submit }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // A layout effect, because a dialog that is closed after it left the document returns no focus.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <header>
          <h2 id={titleId}>{title}</h2>
          <button type="button" className="btn quiet icon" aria-label="Close" onClick={close}>
            <X aria-hidden="true" />
          </button>
        </header>
        <div className="dialog-body">{children}</div>
        <footer>{footer}</footer>
      </form>
    </dialog>
  );
}
