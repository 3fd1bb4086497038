/** The words alone, without what draws and without what only breaks lines. */
export const words = (text: string): string[] =>
  text
    .replace(/^ {2}[✕x?] /gmu, ' ')
    .replace(/ [\\`^]$/gmu, '')
    .replace(/,\s+perhaps\s+stops:\s/gu, ' ')
    .replace(/,\s+stops:\s/gu, ' ')
    .replace(/─\?/gu, ' ')
    .replace(/[─✕>:,;]/gu, ' ')
    .split(/\s+/u)
    .filter((word) => word !== '');
