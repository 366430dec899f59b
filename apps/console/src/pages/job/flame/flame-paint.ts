/** Draws the frames of a flame graph on a canvas, in the colours of the theme. */
import type { FlameColours } from '../../../model/flame/flame-colour.ts';
import { diffStep, type FlameDiff } from '../../../model/flame/flame-diff.ts';
import { type FlameForest, frameOf } from '../../../model/flame/flame-forest.ts';
import type { FlameLayout } from '../../../model/flame/flame-layout.ts';
import { pointsText, shareText } from '../../../model/flame/flame-words.ts';

export const ROW_HEIGHT = 21;
const FRAME_HEIGHT = 20;
const PADDING = 6;
const LABEL_FROM_PX = 52;
const SHARE_FROM_PX = 130;
const RADIUS = 2;
const HIT_MIX = 10;

export interface FlamePicture {
  readonly forest: FlameForest;
  readonly layout: FlameLayout;
  readonly colours: FlameColours;
  readonly diff: FlameDiff | null;
  readonly hits: ReadonlySet<number>;
  /** Of the whole, in row 0. */
  readonly title: string;
  readonly selected: number;
  readonly hovered: number;
}

interface Theme {
  token(name: string): string;
  mixed(token: string, percent: number): string;
  readonly mix: number;
}

/** `width` in CSS px; the canvas is as high as the rows. */
export function paintFlames(canvas: HTMLCanvasElement, picture: FlamePicture, width: number): void {
  const { layout } = picture;
  const height = layout.rows * ROW_HEIGHT;
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(ratio, ratio);
  context.textBaseline = 'middle';
  const theme = themeOf(canvas);
  const fonts = {
    mono: fontOf(theme, '400 11.5px', '--mono'),
    body: fontOf(theme, '400 11px', '--font'),
  };
  paintTitle(context, picture, theme, width);
  layout.node.forEach((node, i) => {
    const left = layout.left[i]! * width;
    const frameWidth = Math.max(1, layout.right[i]! * width - left - 1);
    const top = layout.row[i]! * ROW_HEIGHT;
    fill(context, picture, node, theme);
    context.beginPath();
    context.roundRect(left, top, frameWidth, FRAME_HEIGHT, Math.min(RADIUS, frameWidth / 2));
    context.fill();
    const { kind } = frameOf(picture.forest, node);
    if (kind === 'blocked' && picture.diff === null) hatch(context, theme, left, top, frameWidth);
    outline(context, picture, node, theme, left, top, frameWidth);
    if (frameWidth >= LABEL_FROM_PX) {
      label(context, picture, node, theme, fonts, { left, top, width: frameWidth });
    }
  });
}

function themeOf(element: Element): Theme {
  const style = getComputedStyle(element);
  const known = new Map<string, string>();
  const token = (name: string) => {
    const value = known.get(name) ?? style.getPropertyValue(name).trim();
    known.set(name, value);
    return value;
  };
  const surface = token('--surface');
  const mixed = (name: string, percent: number) =>
    `color-mix(in oklab, ${token(name)} ${percent}%, ${surface})`;
  return { token, mixed, mix: Number.parseFloat(token('--mix')) };
}

function fontOf(theme: Theme, size: string, family: string): string {
  return `${size} ${theme.token(family)}`;
}

function paintTitle(
  context: CanvasRenderingContext2D,
  { title }: FlamePicture,
  theme: Theme,
  width: number,
): void {
  context.fillStyle = theme.token('--sunken');
  context.fillRect(0, 0, width, FRAME_HEIGHT);
  context.fillStyle = theme.token('--text');
  context.font = fontOf(theme, '500 12px', '--font');
  context.textAlign = 'left';
  context.fillText(title, PADDING, FRAME_HEIGHT / 2 + 1);
  context.font = fontOf(theme, '400 11px', '--font');
  context.fillStyle = theme.token('--text-2');
  context.textAlign = 'right';
  context.fillText('100\u202f%', width - PADDING, FRAME_HEIGHT / 2 + 1);
}

function fill(
  context: CanvasRenderingContext2D,
  { forest, colours, diff, hits }: FlamePicture,
  node: number,
  theme: Theme,
): void {
  const { kind } = frameOf(forest, node);
  if (diff !== null) {
    const step = diffStep(diff.total[node]!);
    const side = step < 0 ? 'less' : 'more';
    context.fillStyle = theme.token(step === 0 ? '--hover' : `--diff-${side}-${Math.abs(step)}`);
  } else if (kind === 'starved') context.fillStyle = theme.token('--idle');
  else if (kind === 'blocked') context.fillStyle = theme.token('--bp-bg');
  else {
    const token = colours.of(node).token ?? '--text-3';
    context.fillStyle = theme.mixed(token, theme.mix + (hits.has(node) ? HIT_MIX : 0));
  }
}

function hatch(
  context: CanvasRenderingContext2D,
  theme: Theme,
  left: number,
  top: number,
  width: number,
): void {
  context.save();
  context.clip();
  context.strokeStyle = theme.token('--bp-line');
  context.lineWidth = 1;
  context.beginPath();
  for (let x = left - FRAME_HEIGHT; x < left + width; x += 6) {
    context.moveTo(x, top + FRAME_HEIGHT);
    context.lineTo(x + FRAME_HEIGHT, top);
  }
  context.stroke();
  context.restore();
}

function outline(
  context: CanvasRenderingContext2D,
  { forest, colours, hits, selected, hovered, diff }: FlamePicture,
  node: number,
  theme: Theme,
  left: number,
  top: number,
  width: number,
): void {
  const { kind } = frameOf(forest, node);
  const ring = (colour: string, thick: number) => {
    context.strokeStyle = colour;
    context.lineWidth = thick;
    context.strokeRect(left + thick / 2, top + thick / 2, width - thick, FRAME_HEIGHT - thick);
  };
  if (kind === 'starved' && diff === null) ring(theme.token('--line'), 1);
  if (hits.has(node)) ring(theme.token(colours.of(node).token ?? '--text-3'), 1.5);
  if (node === hovered) ring(theme.token('--text-2'), 1);
  if (node === selected) ring(theme.token('--accent'), 2);
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

function label(
  context: CanvasRenderingContext2D,
  { forest, diff, hits }: FlamePicture,
  node: number,
  theme: Theme,
  fonts: { readonly mono: string; readonly body: string },
  { left, top, width }: Box,
): void {
  const frame = frameOf(forest, node);
  const middle = top + FRAME_HEIGHT / 2 + 1;
  let room = width - 2 * PADDING;
  const plate = frame.kind === 'blocked' && diff === null;
  if (width >= SHARE_FROM_PX) {
    const text =
      diff === null
        ? shareText(forest.total[node]!, forest.totalMs)
        : pointsText(diff.total[node]!);
    context.font = fonts.body;
    context.textAlign = 'right';
    const size = context.measureText(text).width;
    if (plate) backing(context, theme, left + width - PADDING - size - 4, top, size + 8);
    context.fillStyle = theme.token(diff === null ? '--text-2' : '--text');
    context.fillText(text, left + width - PADDING, middle);
    room -= size + PADDING;
  }
  context.font = hits.has(node) ? fonts.mono.replace('400', '600') : fonts.mono;
  context.textAlign = 'left';
  const text = clipped(context, frame.name, room);
  if (plate) backing(context, theme, left + PADDING - 4, top, context.measureText(text).width + 8);
  context.fillStyle = theme.token('--text');
  context.fillText(text, left + PADDING, middle);
}

function backing(
  context: CanvasRenderingContext2D,
  theme: Theme,
  left: number,
  top: number,
  width: number,
): void {
  context.fillStyle = theme.token('--surface');
  context.fillRect(left, top + 2, width, FRAME_HEIGHT - 4);
}

/** As much of the text as fits, and an ellipsis. Letters of the mono font are equally wide. */
function clipped(context: CanvasRenderingContext2D, text: string, room: number): string {
  const letter = context.measureText('m').width;
  const fits = Math.floor(room / letter);
  return text.length <= fits ? text : `${text.slice(0, Math.max(1, fits - 1))}…`;
}
