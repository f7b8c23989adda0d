// SPDX-License-Identifier: Apache-2.0
import './styles/bootstrap.scss';
import './styles/app.css';
import './styles/pages.css';
import { mount } from 'svelte';
import App from './App.svelte';

const target = document.getElementById('app');
if (target !== null) {
  mount(App, { target });
}
