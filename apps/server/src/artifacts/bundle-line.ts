/**
 * Empty lines in front of every bundle, more than any file of the engine has. A profiler gives a
 * line of inlined code without its file: beyond these it is the job's own.
 */
export const BUNDLE_LINE = 65_536;
