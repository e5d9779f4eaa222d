import { svelte } from "@sveltejs/vite-plugin-svelte";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === "ai-img" } } }), svelte()],
  build: { rolldownOptions: { input: ["plain.html", "react.html", "vue.html", "svelte.html"] } },
});
