// placeholder-ai-img/react, /vue and /svelte are types alone: there is nothing to run.
export {};
