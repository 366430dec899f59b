/** Name and system of a call site: `airports (PostgreSQL)`. */
export function callSiteParts(site: string): { readonly name: string; readonly system: string } {
  const match = /^(.*?)\s*\(([^()]*)\)\s*$/.exec(site);
  const [, name = '', system = ''] = match ?? [];
  return name === '' ? { name: site, system: '' } : { name, system };
}
