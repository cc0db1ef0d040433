// A URL out of anything. `URL.canParse` would say the same, but is missing in the oldest browsers that can make calls.

/** The URL, or null when it is none. */
export function parsedUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
