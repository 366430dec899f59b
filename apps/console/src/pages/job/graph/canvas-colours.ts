/**
 * Colours of the tokens as a canvas takes them: resolved once a theme, since asking the style of
 * an element is slow, and the hatch as a pattern.
 */
const resolved = new Map<string, string>();
const forgetful: (() => void)[] = [];
let themes: MutationObserver | null = null;
let probe: HTMLElement | null = null;
let hatch: CanvasPattern | null = null;

/** @param expression any CSS colour, with `var()` and `color-mix()`. */
export function canvasColour(expression: string): string {
  watchTheme();
  let colour = resolved.get(expression);
  if (colour === undefined) {
    probe ??= document.body.appendChild(hiddenElement());
    probe.style.color = expression;
    colour = getComputedStyle(probe).color;
    resolved.set(expression, colour);
  }
  return colour;
}

/** Backpressure: lines on a ground, as `.hatch` has them. */
export function hatchPattern(context: CanvasRenderingContext2D): CanvasPattern | string {
  watchTheme();
  hatch ??= context.createPattern(hatchTile(), 'repeat');
  return hatch ?? canvasColour('var(--bp-line)');
}

/** For what is made of colours and kept: called when they are others. */
export function forgetWithTheme(forget: () => void): void {
  forgetful.push(forget);
  watchTheme();
}

/** Watched rather than asked: a paint asks for thousands of colours. */
function watchTheme(): void {
  if (themes !== null) return;
  themes = new MutationObserver(() => {
    resolved.clear();
    hatch = null;
    for (const forget of forgetful) forget();
  });
  themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
}

function hiddenElement(): HTMLElement {
  const element = document.createElement('span');
  element.hidden = true;
  return element;
}

const TILE = 5;

function hatchTile(): HTMLCanvasElement {
  const tile = document.createElement('canvas');
  tile.width = TILE;
  tile.height = TILE;
  const context = tile.getContext('2d');
  if (context === null) return tile;
  context.fillStyle = canvasColour('var(--bp-bg)');
  context.fillRect(0, 0, TILE, TILE);
  context.strokeStyle = canvasColour('var(--bp-line)');
  context.lineWidth = 1.2;
  for (const shift of [-TILE, 0, TILE]) {
    context.moveTo(shift, TILE);
    context.lineTo(shift + TILE, 0);
  }
  context.stroke();
  return tile;
}
