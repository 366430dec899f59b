/** Lets the past go on by itself, faster than it was, until it reaches the present. */
import { useEffect, useRef, useState } from 'react';
import type { TimeTravel } from './use-time-travel.ts';

const BEAT_MS = 500;
const SPEED = 10;

export function useReplay(travel: TimeTravel) {
  const [replaying, setReplaying] = useState(false);
  const newest = useRef(travel);
  useEffect(() => {
    newest.current = travel;
  }, [travel]);
  useEffect(() => {
    if (!replaying) return;
    const timer = setInterval(() => newest.current.advance(BEAT_MS * SPEED), BEAT_MS);
    return () => clearInterval(timer);
  }, [replaying]);
  return { replaying, toggle: () => setReplaying(!replaying) };
}
