/** What a text says as JSON; undefined where it is none. What it says is still anything: a schema reads it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
