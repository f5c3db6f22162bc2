# Galleria's acts, a target each; `make help` lists them. The acts themselves are the small scripts in infra/scripts.
SHELL := /bin/bash
.DEFAULT_GOAL := help

export GALLERIA_HOME ?= $(CURDIR)/var
export GALLERIA_PORT ?= 8080

SCRIPTS := infra/scripts
BIN := .venv/bin

.PHONY: help up down status reset store store-reset health test check contracts format lock bench clean

help: ## List all targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do printf '  %-17s %s\n' "make $$name" "$$text"; done

up: ## Bring up the platform with its first store (does everything, also the environment)
	@$(SCRIPTS)/bootstrap-platform

down: ## Stop every process; data stays
	@$(SCRIPTS)/with-environment --if-there $(BIN)/galleria down

status: ## Tell the truth about the platform
	@$(SCRIPTS)/with-environment --if-there $(BIN)/galleria status || case $$? in 1|4) ;; *) exit 1 ;; esac

reset: ## Stop everything and delete the state folder
	@$(SCRIPTS)/with-environment --if-there $(BIN)/galleria reset --yes

store: ## Create another store: make store STORE=shop-002
	@$(SCRIPTS)/new-store "$(STORE)"

store-reset: ## Delete one store and create it anew: make store-reset STORE=shop-002
	@$(SCRIPTS)/reset-store "$(STORE)"

health: ## Check the platform's and every store's health (exit code 1 when something is not well)
	@$(SCRIPTS)/health-check

test: ## Run all checks and tests (installs PostgreSQL, Chromium and Node from Debian's packages when root)
	@$(SCRIPTS)/test

check: ## Only lint, types, import rules, shell scripts and workflows
	@$(SCRIPTS)/check

contracts: ## Check that contract files are what the apps serve, and break nobody: make contracts [SINCE=main]
	@$(SCRIPTS)/contracts $(SINCE)

format: ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: ## Lock the requirements anew from pyproject.toml (needs uv)
	@$(SCRIPTS)/lock

bench: ## Measure; tables on the screen, JSON in bench/out
	@$(SCRIPTS)/bench

clean: ## Remove caches and build products; never the state folder
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build dist
