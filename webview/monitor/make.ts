/** An element with these properties and children; text stays text, whatever a Pi said. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
  ...children: readonly Node[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function makeButton(text: string, run: () => void, className = 'plain'): HTMLButtonElement {
  const button = make('button', { type: 'button', textContent: text, className });
  button.addEventListener('click', run);
  return button;
}
