/** What a person sees when a page cannot be shown. */
import { html } from './html.ts';
import { layout } from './layout.ts';

export function problemPage({ title, status, detail }: { title: string; status: number; detail: string }): string {
  const body = html`<section class="card narrow">
    <p class="eyebrow">${status}</p>
    <h1>${title}</h1>
    <p>${detail}</p>
    <p><a href="/">Back to the dashboard</a></p>
  </section>`;
  return layout({ title, body });
}
