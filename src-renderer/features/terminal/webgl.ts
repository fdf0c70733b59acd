/** Drawing by the graphics processor where there is one: in software it is slower than the DOM and keeps the cores busy. */
import type { ITerminalAddon, Terminal } from '@xterm/xterm';

/** Names of drivers that draw in software, as Chromium tells them. */
const softwareDrivers = /swiftshader|llvmpipe|softpipe|software|basic render/i;

let known: boolean | null = null;

function hasGraphicsProcessor(): boolean {
  known ??= look();
  return known;
}

function look(): boolean {
  const probe = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!probe) return false;
  const names = probe.getExtension('WEBGL_debug_renderer_info');
  const driver = String(probe.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? probe.RENDERER));
  // Contexts are few; this one has told what it was asked for.
  probe.getExtension('WEBGL_lose_context')?.loseContext();
  return !softwareDrivers.test(driver);
}

/** One terminal's WebGL context: browsers give a page about 16, so that only terminals that are seen hold one. */
export class Webgl {
  readonly #terminal: Terminal;
  #addon: ITerminalAddon | null = null;
  #wanted = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  async use(): Promise<void> {
    this.#wanted = true;
    if (this.#addon || !hasGraphicsProcessor()) return;
    try {
      const { WebglAddon } = await import('@xterm/addon-webgl');
      if (!this.#wanted || this.#addon) return;
      const addon = new WebglAddon();
      addon.onContextLoss(() => this.release());
      this.#terminal.loadAddon(addon);
      this.#addon = addon;
    } catch (error) {
      // Not an error for the person: the DOM renderer goes on.
      console.warn('Terminal draws without WebGL', error);
    }
  }

  release(): void {
    this.#wanted = false;
    this.#addon?.dispose();
    this.#addon = null;
  }
}
