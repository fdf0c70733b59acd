/** What a Jupyter page does: its API with the token against forgery, and a cell over a kernel's WebSocket. */
import { randomUUID } from 'node:crypto';
import type { Answer, TestWindow } from './window.ts';

export interface JupyterPage {
  /** What the tree's page was answered with. */
  readonly tree: Answer;
  post(path: string, body: unknown): Promise<Answer>;
  /** Runs code in a fresh kernel; resolves with what it printed once that holds `wanted`. */
  run(code: string, wanted: string): Promise<string>;
}

export async function openJupyter(window: TestWindow): Promise<JupyterPage> {
  const tree = await window.ask('/tree');
  const xsrf = /_xsrf=([^;]+)/.exec((tree.headers['set-cookie'] ?? []).join('\n'))?.[1] ?? '';
  const page: JupyterPage = {
    tree,
    post: (path, body) =>
      window.ask(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: {
          origin: window.origin,
          referer: `${window.origin}/tree`,
          cookie: `${window.cookie}; _xsrf=${xsrf}`,
          'x-xsrftoken': xsrf,
          'content-type': 'application/json',
        },
      }),
    async run(code, wanted) {
      const made = await page.post('/api/kernels', { name: 'python3' });
      const { id } = JSON.parse(made.text) as { id: string };
      const socket = window.socket(`/api/kernels/${id}/channels?session_id=${randomUUID()}`);
      try {
        return await new Promise<string>((resolve, reject) => {
          let output = '';
          socket.on('message', (data) => {
            const message = JSON.parse(String(data)) as { msg_type: string; content: { text?: string } };
            if (message.msg_type === 'stream') output += message.content.text ?? '';
            if (output.includes(wanted)) resolve(output);
          });
          socket.once('error', reject);
          socket.once('close', (status) => reject(new Error(`The kernel's WebSocket closed with ${status}`)));
          socket.once('open', () => socket.send(JSON.stringify(executeRequest(code))));
        });
      } finally {
        socket.terminate();
      }
    },
  };
  return page;
}

function executeRequest(code: string) {
  return {
    header: {
      msg_id: randomUUID(),
      username: 'u',
      session: randomUUID(),
      date: new Date().toISOString(),
      msg_type: 'execute_request',
      version: '5.3',
    },
    parent_header: {},
    metadata: {},
    content: { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false },
    channel: 'shell',
    buffers: [],
  };
}
