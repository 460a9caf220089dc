/** Thrown for text that is not DOT. Reports and graphs themselves can always be rendered. */
export class RenderError extends Error {
  override readonly name = 'RenderError';
}
