/** Text that is HTML already. */
export type Markup = string;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it shows, between tags and in quoted attributes. */
export function escapeHtml(text: string): Markup {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
