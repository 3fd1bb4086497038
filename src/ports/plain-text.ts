/**
 * Text from the network as one line that is safe to store and print: control, format (bidi, zero-width) and
 * surrogate characters and runs of white space become one space each.
 * @param maxLength UTF-16 units kept; what is longer is cut off.
 */
export function plainText(text: string, maxLength: number): string {
  return (
    text
      .slice(0, 4 * maxLength)
      .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\s]+/gu, ' ')
      .trim()
      .slice(0, maxLength)
      // The cut may have left half a character.
      .replace(/\p{Cs}$/u, '')
  );
}
