/**
 * The code of a view, loaded when it is opened. A view that is opened while the server is away is
 * waited for: the page keeps what it shows, and goes on by itself.
 */
const AGAIN_MS = 1000;

/**
 * Rejects only if the server answers and the code does not come: then it has another version.
 * @param answers whether the server can be reached.
 */
export async function viewCode<T>(
  load: () => Promise<T>,
  answers: () => Promise<boolean> = serverAnswers,
): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      if (await answers()) throw error;
    }
    await untilAnswered(answers);
    await askForStylesAgain();
  }
}

async function untilAnswered(answers: () => Promise<boolean>): Promise<void> {
  while (!(await answers())) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
}

async function serverAnswers(): Promise<boolean> {
  try {
    await fetch('/favicon.svg', { method: 'HEAD', cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
}

/** A style sheet is asked for once, with the first attempt; one that did not come is empty. */
async function askForStylesAgain(): Promise<void> {
  const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')];
  await Promise.all(
    links.map(async (link) => {
      if (link.sheet !== null) return;
      const again = document.createElement('link');
      again.rel = 'stylesheet';
      again.href = link.href;
      const settled = new Promise((resolve) => {
        again.onload = resolve;
        again.onerror = resolve;
      });
      link.replaceWith(again);
      await settled;
    }),
  );
}
